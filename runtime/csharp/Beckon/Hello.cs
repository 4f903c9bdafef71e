// What each side says first.
namespace Beckon
{
    /// <summary>What each side says first: its limits, and who it is.</summary>
    public sealed class Hello
    {
        /// <summary>The largest frame that it takes.</summary>
        public uint MaxMessageBytes { get; set; } = 16u << 20;
        /// <summary>Calls that it serves at a time.</summary>
        public uint MaxCallsInFlight { get; set; } = 1024;
        /// <summary>Bytes of those calls.</summary>
        public uint MaxCallBytes { get; set; } = 32u << 20;
        /// <summary>Credit that it gives a stream at first.</summary>
        public uint StreamWindowBytes { get; set; } = 256u << 10;
        /// <summary>Its software, for logs.</summary>
        public string Software { get; set; } = "beckon csharp";
        /// <summary>Who it claims to be; empty for nobody.</summary>
        public string User { get; set; } = "";
        /// <summary>Proof of that.</summary>
        public byte[] Secret { get; set; } = Frame.Nothing;

        /// <summary>All before the texts.</summary>
        private const int FixedBytes = 32;

        internal Hello Copy() => (Hello)MemberwiseClone();

        internal byte[] Pack(ushort oldest = 1, ushort newest = 1)
        {
            var target = new Writer();
            target.U16(oldest);
            target.U16(newest);
            target.U32(0);
            target.U64(0);
            target.U32(MaxMessageBytes);
            target.U32(MaxCallsInFlight);
            target.U32(MaxCallBytes);
            target.U32(StreamWindowBytes);
            target.Text(Software);
            target.Text(User);
            target.Block(Secret);
            return Frame.Pack(FrameType.Hello, target.ToArray());
        }

        internal static Hello Read(byte[] content)
        {
            var source = new Reader(content);
            if (content.Length < FixedBytes)
            {
                throw Errors.Protocol("hello: found " + content.Length + " bytes, expected " + FixedBytes + " at least");
            }
            var oldest = source.U16();
            var newest = source.U16();
            source.U32();
            source.U64();
            var hello = new Hello
            {
                MaxMessageBytes = source.U32(),
                MaxCallsInFlight = source.U32(),
                MaxCallBytes = source.U32(),
                StreamWindowBytes = source.U32(),
                Software = source.Text(),
                User = source.Text(),
                Secret = source.Block(),
            };
            if (oldest > 1 || newest < 1)
            {
                throw Errors.Protocol("peer speaks versions " + oldest + " to " + newest + ", this side 1");
            }
            if (hello.MaxMessageBytes < 1024 || hello.MaxCallsInFlight < 1)
            {
                throw Errors.Protocol("peer's hello gives limits below the least");
            }
            return hello;
        }
    }
}
