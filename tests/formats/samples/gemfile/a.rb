# c
source "https://rubygems.org"
ruby "3.2.1", engine: "ruby"
gemspec path: "lib", name: "a"
git_source(:x) { |repo| "https://x.io/#{repo}.git" }
gem "rails", "~> 7.0", ">= 7.0.4", require: false
gem('puma', *version) if ENV["A"]
group :development, :test do
  gem "rspec", ["> 3", "< 4"], platforms: %i[mri windows]
end
if RUBY_VERSION > "3"
  gem "b", github: "b/b", branch: "main"
else
  gem "c", path: "../c"
end
source "https://gems.acme.io" do gem "d" end
%w[e f].each { |name| gem name }
eval_gemfile "Gemfile.local"
text = <<~END
  gem "not"
END
=begin
gem "neither"
=end
__END__
gem "nor"
