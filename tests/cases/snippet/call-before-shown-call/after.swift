final class HarbourModule: Module {
  func definition() -> Definition {
    Constant("piers") {
      guard let map = try? Chart.load() else {
        return 0
      }
      return map.piers.count
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
