class Lamp(private val bus: Bus) {
    private var isOn = false

    fun turnOn() {
        isOn = true
        bus.post(LampOn(10))
    }

    fun dim() {
        isOn = true
    }
}
