# Renders each case of {"tests":[{"template":..,"data":..}]} from standard input by ruby-liquid, lax, and prints a line for
# each as tests/templates/liquid_runner.c does.
require "json"
require "liquid"

NOW = Time.at(1_700_000_000).utc
class << Time
  def now
    NOW
  end
end
ENV["TZ"] = "UTC"

JSON.parse($stdin.read)["tests"].each do |test|
  begin
    template = Liquid::Template.parse(test["template"], error_mode: :lax, line_numbers: true)
    puts "ok #{[template.render(test["data"])].pack("m0")}"
  rescue StandardError => e
    puts "error #{[e.message.to_s].pack("m0")}"
  end
end
