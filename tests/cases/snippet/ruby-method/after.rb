class Ledger
  def initialize
    @rows = []
  end

  def add(amount)
    @rows << amount
  end

  def sum
    @rows.compact.sum
  end

  def average
    sum / @rows.size.to_f
  end
end
