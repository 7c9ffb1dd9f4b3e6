"""Samples of the files of CI services, for the parsers of their formats."""

WORKFLOW = b"""on: {push: {branches: [main]}, schedule: [{cron: '0 0 * * *'}]}
permissions: {contents: read}
env: &env {CARGO: cargo}
jobs:
  test:
    runs-on: ${{ matrix.os }}
    strategy: {matrix: {os: [ubuntu-latest, windows-latest], node: [20], exclude: [{os: ubuntu-latest}]}}
    services: {db: {image: "postgres:16"}}
    env: *env
    steps:
      - uses: actions/checkout@8e5e7e5ab8b370d6c329ec480221332ada57f0ab # v4.2.2
      - run: |
          npm ci && npm test -- "${{ secrets.TOKEN }}" \\
            --coverage
          cat <<EOF | docker build -
          FROM x
          EOF
"""
CI_SAMPLES: dict[str, tuple[bytes, ...]] = {
    "github_action": (
        b"name: a\ninputs: {b: {}}\nruns:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n",
    ),
    "github_workflow": (WORKFLOW,),
}
