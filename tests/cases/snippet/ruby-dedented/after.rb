class Ledger
  def initialize
    @rows = []
  end

  def add(amount)
    return if amount.nil?

    @rows << amount
  end

  def sum
    @rows.sum
  end
end
