class Pen {
    var width = 1
    var color = BLACK

    fun reset() {
        width = 0
        color = BLACK
    }
}
