impl Kettle {
    pub fn pour(self, cup: Cup, mode: Mode) -> Result<Tea> {
        if self.leaves.is_empty() {
            Err("no leaves".into())
        } else {
            let strainer = match mode {
                Mode::Loose => Some(Strainer::fine(&self.leaves)),
                Mode::Bag => None,
                Mode::Powder => {
                    cup.warm(self.degrees, Duration::from_secs(30))?;
                    return whisk(self.powder, cup);
                }
            };

            let colour = self.leaves.colour();
            let strength = self.leaves.strength();

            // Weak leaves give their taste slowly
            let drops = if strength < WEAK {
                self.rest(WEAK - strength).drip()
            } else {
                self.drip()
            };

            cup.warm(self.degrees, Duration::from_secs(30))?;
            Ok(Tea { drops, colour, strainer })
        }
    }

    pub fn rinse(&mut self) {
        self.leaves.clear();
    }
}
