desc 'x'
task default: %i[a b]
namespace :n do
  task :t, [:x] => :y do
  end
end
RSpec::Core::RakeTask.new
Rake::TestTask.new(:unit) { |t| t.libs << 'x' }
