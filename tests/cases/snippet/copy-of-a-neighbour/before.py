class CollectorTest(TestCase):
    @with_settings({"collector": "plain"})
    def test_plain_collector(self):
        from metrics.plain import PlainCollector

        meter = metrics.Meter()
        state = meter.state
        self.assertIsInstance(state.collector, PlainCollector)

    @with_settings({"collector": "remote"})
    def test_remote_collector(self):
        from metrics.remote import RemoteCollector

        meter = metrics.Meter()
        state = meter.state
        self.assertIsInstance(state.collector, RemoteCollector)


class MeterTest(TestCase):
    def test_reset(self):
        metrics.Meter().reset()
