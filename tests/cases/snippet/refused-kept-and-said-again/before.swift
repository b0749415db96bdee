final class Tower {
    func remember() {
        guard let bell = bells.first,
              let hour = clock.hour else {
            return
        }
        let slate = Slate.shared
        slate.write(bell, under: "lastBell")
        slate.write(hour, under: "lastHour")
        slate.flush()
    }

    func forget() {
        bells = []
    }
}
