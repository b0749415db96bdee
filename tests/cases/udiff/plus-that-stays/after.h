@interface Screen
+ (Bar *)barOf:(id)json;
+ (Mask *)maskOf:(id)json;
+ (Edge *)edgeOf:(id)json;
@end

@class View;
