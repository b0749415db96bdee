class Ledger
  def initialize
    @rows = []
  end

  def add(amount)
    @rows << amount
  end

  def sum
    @rows.sum
  end
end
