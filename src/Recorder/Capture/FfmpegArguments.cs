namespace SecureRecorder.Recorder.Capture;

/// <summary>The one ffmpeg command: a screen in, fragmented MP4 out through its standard output, a WebP every 10 s out to another address.</summary>
internal static class FfmpegArguments
{
    /// <summary>Seconds between thumbnails.</summary>
    public const int ThumbnailInterval = 10;

    /// <summary>Seconds within which there is a frame even if nothing changes: what the encoder holds back is lost in a crash.</summary>
    public const int StillFrameInterval = 1;

    private const int KeyFrameInterval = 29; // seconds; the format's 30 less the frame that is waited for
    private const int FragmentMicroseconds = 500_000;
    private const int ThumbnailWidth = 320;

    /// <param name="thumbnails">Where ffmpeg writes the thumbnails, as ffmpeg writes addresses.</param>
    /// <param name="stdin">Whether ffmpeg reads commands from its standard input (<c>q</c>).</param>
    public static IReadOnlyList<string> Build(CaptureInput input, int framesPerSecond, string thumbnails, bool stdin = false)
    {
        // mpdecimate drops frames that equal the last one kept, at most this many in a row (0 would be: without limit)
        var dropped = StillFrameInterval * framesPerSecond - 1;
        var still = dropped == 0 ? "" : $"mpdecimate=hi=64:lo=64:frac=0:max={dropped},";
        var graph =
            $"[0:v]{input.Filter}crop=trunc(iw/2)*2:trunc(ih/2)*2:0:0,scale=out_color_matrix=bt709:out_range=tv,format=yuv420p," +
            $"{still}split=2[v][t];" +
            $"[t]select='isnan(prev_selected_t)+gte(t,prev_selected_t+{ThumbnailInterval})',scale={ThumbnailWidth}:-2[thumb]";
        return
        [
            .. stdin ? Array.Empty<string>() : ["-nostdin"], "-hide_banner", "-loglevel", "info", "-nostats",
            .. input.Arguments,
            "-filter_complex", graph,
            "-map", "[v]", "-c:v", "libx264", "-preset", "veryfast", "-profile:v", "high", "-crf", "19.1", "-threads", "1",
            "-x264-params", "keyint=infinite:scenecut=0:bframes=0:rc-lookahead=0:sync-lookahead=0:mbtree=0:psy=0:force-cfr=0:qcomp=1:me=umh:merange=64:ref=1:trellis=2:subme=4:aq-mode=3:aq-strength=1.75:ipratio=1.0:chroma-qp-offset=6",
            "-force_key_frames", $"expr:isnan(prev_forced_t)+gte(t,prev_forced_t+{KeyFrameInterval})", "-forced-idr", "1",
            "-fps_mode", "passthrough", "-enc_time_base", "1:1000",
            "-color_primaries", "bt709", "-color_trc", "bt709", "-colorspace", "bt709", "-color_range", "tv",
            "-fflags", "+bitexact", "-flags:v", "+bitexact", "-map_metadata", "-1", "-map_chapters", "-1",
            "-movflags", "+empty_moov+default_base_moof+frag_keyframe", "-frag_duration", $"{FragmentMicroseconds}", "-flush_packets", "1",
            "-f", "mp4", "pipe:1",
            "-map", "[thumb]", "-c:v", "libwebp", "-quality", "60", "-fps_mode", "passthrough", "-f", "image2pipe", "-flush_packets", "1", "-y", thumbnails,
        ];
    }
}
