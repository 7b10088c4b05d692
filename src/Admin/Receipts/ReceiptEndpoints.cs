namespace SecureRecorder.Admin.Receipts;

/// <summary>The person's receipt, later: its file, its page, and what they ask for.</summary>
internal static class ReceiptEndpoints
{
    public static WebApplicationBuilder AddReceipts(this WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ReceiptLinks>();
        builder.Services.AddScoped<WriteReceiptFile>();
        return builder;
    }
}
