#import "Convert.h"

@implementation Convert

+ (Swing)SwingFromNative:
    (native::Swing)swing
{
  switch (swing) {
    case native::Swing::Wide:
      return SwingWide;
    case native::Swing::Narrow:
      return SwingNarrow;
    case native::Swing::Middling:
      return SwingMiddling;
    case native::Swing::Slight:
      return SwingSlight;
  }
}

+ (Door)DoorFromNative:
    (native::Door)door
{
  switch (door) {
    case native::Door::Open:
      return DoorOpen;
    case native::Door::Shut:
      return DoorShut;
    case native::Door::Ajar:
      return DoorAjar;
    case native::Door::Locked:
      return DoorLocked;
  }
}

+ (NSDictionary *)distancesFromNative:
    (const native::Distances &)distances
{
  return @{@"start" : @(distances.start)};
}

@end
