@interface Screen
+ (Bar *)barOf:(id)json;
+ (Mask *)maskOf:(id)json;
@end

@class View;
