using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class Findings : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "Alerts",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Channel = table.Column<string>(type: "text", maxLength: 16, nullable: false),
                    Kind = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Severity = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Location = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Title = table.Column<string>(type: "text", maxLength: 200, nullable: false),
                    Text = table.Column<string>(type: "text", maxLength: 4000, nullable: false),
                    Page = table.Column<string>(type: "text", maxLength: 100, nullable: false),
                    CreatedAt = table.Column<long>(type: "bigint", nullable: false),
                    Attempts = table.Column<int>(type: "integer", nullable: false),
                    NextAttemptAt = table.Column<long>(type: "bigint", nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    GivenUp = table.Column<bool>(type: "boolean", nullable: false),
                    LastError = table.Column<string>(type: "text", maxLength: 400, nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Alerts", x => new { x.Id, x.Channel });
                });

            migrationBuilder.CreateTable(
                name: "BreachNotes",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Breach = table.Column<Guid>(type: "uuid", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Author = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    IsAssessment = table.Column<bool>(type: "boolean", nullable: false),
                    Sealed = table.Column<byte[]>(type: "bytea", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BreachNotes", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "BreachSteps",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Breach = table.Column<Guid>(type: "uuid", nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    What = table.Column<string>(type: "text", maxLength: 400, nullable: false),
                    SavedKind = table.Column<string>(type: "text", maxLength: 1100, nullable: true),
                    Saved = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_BreachSteps", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Breaches",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Location = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Bucket = table.Column<string>(type: "text", maxLength: 63, nullable: false),
                    OpenedAt = table.Column<long>(type: "bigint", nullable: false),
                    PrivateAt = table.Column<long>(type: "bigint", nullable: true),
                    Found = table.Column<string>(type: "text", maxLength: 400, nullable: false),
                    EndedAt = table.Column<long>(type: "bigint", nullable: true),
                    State = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Risk = table.Column<bool>(type: "boolean", nullable: true),
                    AssessedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    AssessedAt = table.Column<long>(type: "bigint", nullable: true),
                    NotifiedAt = table.Column<long>(type: "bigint", nullable: true),
                    ClosedBy = table.Column<string>(type: "text", maxLength: 64, nullable: true),
                    ClosedAt = table.Column<long>(type: "bigint", nullable: true),
                    Reminded = table.Column<int>(type: "integer", nullable: true),
                    ClosingTriedAt = table.Column<long>(type: "bigint", nullable: true),
                    Version = table.Column<int>(type: "integer", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Breaches", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Findings",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Source = table.Column<string>(type: "text", maxLength: 32, nullable: false),
                    Location = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Rule = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    Severity = table.Column<string>(type: "text", maxLength: 20, nullable: false),
                    Subject = table.Column<string>(type: "text", maxLength: 1100, nullable: false),
                    Why = table.Column<string>(type: "text", maxLength: 400, nullable: false),
                    Detail = table.Column<string>(type: "text", maxLength: 400, nullable: false),
                    Mend = table.Column<string>(type: "text", maxLength: 2000, nullable: false),
                    FirstSeenAt = table.Column<long>(type: "bigint", nullable: false),
                    LastSeenAt = table.Column<long>(type: "bigint", nullable: false),
                    ClosedAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Findings", x => x.Id);
                });

            migrationBuilder.CreateTable(
                name: "Looks",
                columns: table => new
                {
                    Location = table.Column<string>(type: "text", maxLength: 64, nullable: false),
                    At = table.Column<long>(type: "bigint", nullable: false),
                    Server = table.Column<string>(type: "text", maxLength: 32, nullable: true),
                    Public = table.Column<bool>(type: "boolean", nullable: true),
                    Failure = table.Column<string>(type: "text", maxLength: 400, nullable: true),
                    PrivateAt = table.Column<long>(type: "bigint", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Looks", x => x.Location);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Alerts_Channel_EndedAt_NextAttemptAt",
                table: "Alerts",
                columns: new[] { "Channel", "EndedAt", "NextAttemptAt" });

            migrationBuilder.CreateIndex(
                name: "IX_BreachNotes_Breach_At",
                table: "BreachNotes",
                columns: new[] { "Breach", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_BreachSteps_Breach_At",
                table: "BreachSteps",
                columns: new[] { "Breach", "At" });

            migrationBuilder.CreateIndex(
                name: "IX_Breaches_Location_EndedAt",
                table: "Breaches",
                columns: new[] { "Location", "EndedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Breaches_State_OpenedAt",
                table: "Breaches",
                columns: new[] { "State", "OpenedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Findings_Location_ClosedAt",
                table: "Findings",
                columns: new[] { "Location", "ClosedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Findings_Source_Location_Rule_Subject",
                table: "Findings",
                columns: new[] { "Source", "Location", "Rule", "Subject" },
                unique: true,
                filter: "\"ClosedAt\" IS NULL");
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Alerts");

            migrationBuilder.DropTable(
                name: "BreachNotes");

            migrationBuilder.DropTable(
                name: "BreachSteps");

            migrationBuilder.DropTable(
                name: "Breaches");

            migrationBuilder.DropTable(
                name: "Findings");

            migrationBuilder.DropTable(
                name: "Looks");
        }
    }
}
