class Oven
  LIMITS = {
    low: 80,
    high: 250,
  }

  def hot?
    heat > LIMITS[:high]
  end
end
