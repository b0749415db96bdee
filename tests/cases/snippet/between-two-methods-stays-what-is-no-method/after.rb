class Kettle
  def boil(limit = 100)
    heat(limit, limit)
    whistle
  end

  private

  def heat(degrees, limit)
    @degrees = [degrees, limit].min
  end
end
