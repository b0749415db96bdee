class Player {
    func reset(_ tag: Int) {
        self.queue.add { registry in
            guard let view = registry[tag] as? Stage else {
                print("not a stage")
                return
            }

            view.reset()
        }
    }

    func pause(_ tag: Int) {
        self.queue.add { registry in
            guard let view = registry[tag] as? Stage else {
                print("not a stage")
                return
            }

            view.pause()
        }
    }

    func stop(_ tag: Int) {
        self.queue.add { registry in
            guard let view = registry[tag] as? Stage else {
                print("not a stage")
                return
            }

            view.stop()
        }
    }

    func resume(_ tag: Int) {
        self.queue.add { registry in
            guard let view = registry[tag] as? Stage else {
                print("not a stage")
                return
            }

            view.resume()
        }
    }
}
