require_relative "lib/a/version"
version = File.read("VERSION")
Gem::Specification.new "a", version do |s|
  s.version = A::VERSION
  s.required_ruby_version = [">= 2.7", "< 4"]
  s.executables = %w[a]
  s.metadata["allowed_push_host"] = "https://x.io"
  s.add_dependency "b", "~> 1.0", ">= 1.0.2"
  s.add_dependency("c", A::VERSION)
  s.add_development_dependency "d" if RUBY_ENGINE == "ruby"
  %w[e].each { |name| s.add_dependency name }
end
