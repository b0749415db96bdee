interface Props {
  torch?: "off" | "on";
  /**
   * The zoom factor of the camera, in "factor"/scale.
   *
   * It begins with one.
   */
  zoom?: number;
}
