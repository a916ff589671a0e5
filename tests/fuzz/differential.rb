# Renders each case of {"tests":[{"template":..,"data":..}]} from standard input by ruby-liquid, lax, and prints a line for
# each as tests/templates/liquid_runner.c does.
require "json"
require "liquid"
require "timeout"

# None of the errors that Liquid catches.
class TookTooLong < Exception
end

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
    text = Timeout.timeout(2, TookTooLong) { template.render(test["data"]) }
    puts "ok #{[text].pack("m0")}"
  rescue TookTooLong
    puts "error #{["took too long"].pack("m0")}"
  rescue StandardError => e
    puts "error #{[e.message.to_s].pack("m0")}"
  end
end
