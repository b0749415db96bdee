class Kettle
  def boil
    heat(100)
    whistle
  end

  private

  def heat(degrees)
    @degrees = degrees
  end
end
