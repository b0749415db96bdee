interface Bell {
  fun ring(tone: Any?)

  fun ring() {
    ring(null)
  }

  fun ring(hour: Int) = ring(hour as Any?)

  fun ring(name: String) = ring(name as Any?)

  fun ring(loud: Boolean) = ring(loud as Any?)

  fun hush(code: String, reason: String?)

  fun hush(fault: Fault) {
    hush(fault.code, fault.reason)
  }
}
