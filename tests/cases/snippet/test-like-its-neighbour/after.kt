class KilnTest : Spec({
  describe("a cold kiln") {
    it("heats slowly") {
      val kiln = Kiln(cold = true)
      kiln.light()
      kiln.degrees shouldBe 20
    }

    it("can be filled") {
      val kiln = Kiln(cold = true)
      kiln.fill(pots)
      kiln.isFull shouldBe true
    }

    it("can be opened") {
      val kiln = Kiln(cold = true)
      kiln.open()
      kiln.isOpen shouldBe true
    }
  }
})
