defmodule App.MixProject do
  use Mix.Project
  @version "1.2.3"
  def project do
    [
      app: :app, # version: "0"
      version: @version,
      elixir: "~> 1.15",
      deps: deps()
    ]
  end
  defp deps do
    [
      {:phoenix, "~> 1.7"},
      {:credo, "~> 1.7", only: [:dev, :test], runtime: false},
      {:fork, github: "me/fork", branch: "main", optional: true},
      {:sibling, in_umbrella: true},
      {:local, path: "../local", only: :test},
      {:alias, "1.0", hex: :real}
    ] ++ more()
  end
end
