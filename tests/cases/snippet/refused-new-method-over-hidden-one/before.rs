struct Kettle {
    litres: f64,
    heat: f64,
}

impl Kettle {
    fn fill(&mut self, litres: f64) {
        self.litres += litres;
    }

    fn boil(&mut self) {
        self.heat = 100.0;
        self.whistle();
    }

    fn whistle(&self) {
        println!("fweet");
    }
}
