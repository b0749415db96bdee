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

    Action("anchor") { (name: String, depth: Int, reply: Reply) in
      let chain = locker.chain(for: depth)
      harbour.find(name) { found in
        if let ship = found {
          ship.drop(chain)
          reply.resolve(ship)
        } else {
          reply.reject(NoSuchShip(name))
        }
      }
    }

    Action("weather") { () -> Weather in
      return sky.now()
    }
  }
}
