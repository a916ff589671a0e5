# Ruby Liquid in the benchmark. Usage: ruby ruby.rb plain|c CASE FOLDER OUT   (liquid.py speaks with it, see there)
require 'json'
require 'liquid'
ENV['TZ'] = 'UTC'
mode, kase, folder, out = ARGV
require 'liquid/c' if mode == 'c'

def cpu
  Process.clock_gettime(Process::CLOCK_PROCESS_CPUTIME_ID)
end

def say(fields)
  puts JSON.generate(fields)
  $stdout.flush
end

data = JSON.parse(File.read("#{folder}/prospects.json"))
template = Liquid::Template.parse(File.read("#{folder}/#{kase}.liquid"))
File.binwrite(out, data.map { |prospect| template.render(prospect) }.join("\x1e"))
name = "ruby-liquid #{Liquid::VERSION}"
name += " + liquid-c #{Liquid::C::VERSION}" if mode == 'c'
say(engine: name)
at = 0
while (line = $stdin.gets)
  count = 0
  start = cpu
  while (spent = cpu - start) < line.to_f
    20.times do
      template.render(data[at])
      at = (at + 1) % data.size
    end
    count += 20
  end
  say(renders: count, cpu_s: spent)
end
