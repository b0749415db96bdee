module Garden
  # A bed and what grows in it.
  class Bed
    WIDTH = 2

    def initialize(plants)
      @plants = plants
    end

    # How many plants there are.
    def size
      @plants.size
    end
  end
end
