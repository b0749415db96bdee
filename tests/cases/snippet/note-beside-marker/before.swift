enum Organ {
    static let tune: () -> Void = {
        guard let pipes = Pipes.all() else {
            return
        }

        let windOldPipe = { (pipe: Pipe, length: Int) in
            let reed = pipe.reed
            reed.bend(by: length / 2)
            pipe.blow(with: reed)
        }

        let windPipe = { (pipe: Pipe, length: Int) in
            let lip = pipe.lip
            lip.cut(to: length)
            pipe.blow(with: lip)
        }

        for pipe in pipes.oldest {
            windOldPipe(pipe, pipe.length)
        }

        for pipe in pipes.rest {
            windPipe(pipe, pipe.length)
        }
    }
}
