module Garden
  # A bed and what grows in it.
  class Bed
    WIDTH = 3

    def initialize(plants)
      @plants = plants
    end

    # How many plants there are.
    def size
      @plants.sum(&:count)
    end
  end
end
