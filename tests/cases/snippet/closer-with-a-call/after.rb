class Oven
  LIMITS = {
    low: 80,
    high: 240,
  }.freeze

  def hot?
    heat > LIMITS[:high]
  end
end
