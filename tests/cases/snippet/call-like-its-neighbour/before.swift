final class HarbourModule: Module {
  func definition() -> Definition {
    Action("list") { (pier: Int, reply: Reply) in
      harbour.ships(at: pier) { ships in
        if ships.isEmpty {
          reply.resolve(nil)
        } else {
          reply.resolve(ships)
        }
      }
    }

    Action("weather") { () -> Weather in
      return sky.now()
    }
  }
}
