class OvenTest < Minitest::Test
  def test_bakes
    oven = Oven.new(180)

    assert_warm(2) { oven.bake }
  end

  def test_cools
    assert_cold(1) { Oven.new(0).bake }
  end
end
