class Lamp(private val bus: Bus) {
    private var isOn = false

    private fun announce(topic: String, level: Int) {
        bus.post(topic, level)
    }

    fun turnOn() {
        isOn = true
        announce("on", 10)
    }

    fun dim() {
        isOn = true
    }
}
