interface Bell {
  fun ring(tone: Any?)

  fun ring() {
    ring(null)
  }

  fun hush(code: String, reason: String?)

  fun hush(fault: Fault) {
    hush(fault.code, fault.reason)
  }
}
