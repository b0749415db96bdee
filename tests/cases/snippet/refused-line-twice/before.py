def north(robot):
    robot.turn(0)
    robot.step()
    robot.report()


def south(robot):
    robot.turn(180)
    robot.step()
    robot.report()
