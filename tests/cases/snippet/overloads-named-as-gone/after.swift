extension Bell {
    @available(*, deprecated, message: "Nobody asks a bell")
    func canRing() -> Bool {
        guard let rope = rope else {
            return false
        }
        return !rope.isTorn
    }

    func ring() {
        ringer(Toll(nil), self)
    }

    func ring(_ hour: Hour = [:]) {
        ringer(Toll(hour), self)
    }

    func muffle(_ reason: String, _ code: String? = nil, _ cause: Error? = nil) {
        damper(Hush(reason: reason, code: code, cause: cause))
    }

    func rest() {
        ringer = nil
    }
}
