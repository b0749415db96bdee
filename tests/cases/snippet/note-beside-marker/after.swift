enum Organ {
    static let tune: () -> Void = {
        guard let pipes = Pipes.all() else {
            return
        }

        let windPipe = { (pipe: Pipe, length: Int) in
            let lip = pipe.lip
            lip.cut(to: length)
            pipe.blow(with: lip)
        }

        for pipe in pipes.all {
            windPipe(pipe, pipe.length)
        }
    }
}
