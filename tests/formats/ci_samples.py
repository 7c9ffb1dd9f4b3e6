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
    "appveyor": (
        b"image: [Visual Studio 2022, Ubuntu]\nenvironment:\n  T: {secure: x}\n  matrix: [{A: 1}, {A: 2}]\n"
        b"install:\n  - ps: Install-It\n  - cmd: make\ncache: [a]\nartifacts: [{path: b, name: c}]\n",
    ),
    "azure_pipelines": (
        b"trigger: {branches: {include: [main]}}\npool: {vmImage: ubuntu-latest}\nvariables: [{group: g}]\nstages:\n"
        b"- ${{ if eq(a, b) }}:\n  - stage: s\n    jobs:\n    - job: j\n      strategy: {matrix: {a: {b: c}}}\n"
        b"      steps:\n"
        b"      - script: make\n      - task: UseNode@1\n        inputs: {version: 20}\n      - template: t.yml@self\n",
    ),
    "bitbucket_pipelines": (
        b"image: node:20\ndefinitions: {services: {db: {image: postgres}}, caches: {c: a}}\npipelines:\n  default:\n"
        b"  - parallel:\n    - step: {name: t, caches: [c], services: [db], script: [npm ci, {pipe: a/b:1.0}]}\n",
    ),
    "buildkite": (
        b"agents: {queue: q}\nsteps:\n  - label: t\n    command: [make]\n    matrix: {setup: {os: [a, b]}}\n"
        b"    plugins: [{docker#v5: {image: x}}, y#v1]\n  - wait\n  - group: g\n    steps: [{trigger: p}]\n",
    ),
    "circleci": (
        b"version: 2.1\norbs: {node: circleci/node@5.1}\nexecutors: {e: {docker: [{image: a}, {image: b}]}}\n"
        b"jobs:\n  t:\n    executor: e\n    steps:\n      - checkout\n      - run: npm test << parameters.x >>\n"
        b"      - when: {condition: c, steps: [{run: {command: make}}]}\n      - node/install\n"
        b"workflows: {w: {jobs: [t: {matrix: {parameters: {x: [1, 2]}}, context: c, requires: [u]}]}}\n",
    ),
    "cirrus": (
        b"env: {T: 'ENCRYPTED[x]'}\na_task:\n  container: {image: x}\n  b_cache: {folder: c}\n  t_script: [make]\n",
    ),
    "drone": (
        b"kind: pipeline\nname: d\nplatform: {os: linux}\nsteps:\n- name: t\n  image: go\n  commands: [go test]\n"
        b"  environment: {T: {from_secret: t}}\n- name: p\n  image: plugins/docker:1\n  settings: {a: b}\n"
        b"---\nkind: secret\n",
        b"matrix: {A: [1, 2]}\npipeline:\n  t:\n    image: go:${A}\n    commands: [go test]\n    secrets: [s]\n",
    ),
    "github_action": (
        b"name: a\ninputs: {b: {}}\nruns:\n  using: composite\n  steps:\n    - run: make\n      shell: bash\n",
    ),
    "github_workflow": (WORKFLOW,),
    "gitlab_ci": (
        b"include: [{local: /a.yml}, {project: g/p, file: b.yml, ref: v1}]\ndefault: {image: x}\n"
        b".t: &t {script: [make]}\n"
        b"a:\n  extends: .t\n  script: [!reference [.t, script], b]\n  parallel: {matrix: [{X: [1, 2]}]}\n",
    ),
    "jenkinsfile": (
        b"@Library('l@v1') _\npipeline {\n  agent { docker { image 'x' } } // c\n"
        b'  stages { stage("A") { steps {\n'
        b"    sh '''make\n    make test'''\n    withCredentials([string(credentialsId: 'i')]) "
        b'{ bat(script: "b") } } } }\n}\n',
    ),
    "travis": (
        b"language: node_js\nnode_js: [18, 20]\nos: [linux, osx]\nenv: [A=1, secure: x]\ncache: {directories: [a]}\n"
        b"jobs: {include: [{stage: s, script: make}], exclude: [{os: osx, node_js: 18}]}\ndeploy: {provider: npm}\n",
    ),
}
