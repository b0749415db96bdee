module Boats
  class Boat
    def row!
      self.state = :rowing
    end

    private

    def log(message)
      puts message
    end
  end

  class Harbour
    def free(from, to)
      @berths.reject do |berth|
        @boats.any? { |boat| boat.berth == berth && boat.from < to }
      end
    end

    def report
      lines = afloat.map do |boat|
        "#{boat.name}: #{boat.nights} nights"
      end
      lines.join("\n")
    end

    def handle(command, *args)
      case command
      when 'free'
        free(*args)
      else
        raise ArgumentError, "unknown command #{command}"
      end
    end

    def self.load(path)
      new(JSON.parse(File.read(path)))
    end

    private

    def afloat
      @boats.reject { |boat| boat.state == :sunken }
    end
  end
end
