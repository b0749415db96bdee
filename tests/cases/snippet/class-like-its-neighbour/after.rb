module Coin
  # Reads a value as a whole number.
  class WholeReader < Reader
    def call(value)
      value.to_i
    end
  end

  # Reads a value as a word.
  class WordReader < Reader
    def call(value)
      Word.new(value)
    end
  end

  # Reads a value as a path.
  class PathReader < Reader
    def call(value)
      Pathname.new(value)
    end
  end

  # Reads nothing.
  class NullReader < Reader
    def call(value)
      nil
    end
  end
end
