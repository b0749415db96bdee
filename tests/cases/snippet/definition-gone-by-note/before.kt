class Pen {
    var width = 1
    var color = BLACK

    operator fun set(width: Int, color: Int): Pen {
        this.width = width
        this.color = color
        return this
    }

    fun reset() {
        width = 1
        color = BLACK
    }
}
