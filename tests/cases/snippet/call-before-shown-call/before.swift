final class HarbourModule: Module {
  func definition() -> Definition {
    Constant("piers") {
      guard let map = try? Chart.load() else {
        return 0
      }
      return map.piers.count
    }

    Action("weather") { () -> Weather in
      return sky.now()
    }
  }
}
