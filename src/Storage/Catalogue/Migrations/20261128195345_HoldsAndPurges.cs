using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.Migrations
{
    /// <inheritdoc />
    public partial class HoldsAndPurges : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<long>(
                name: "PurgeBeganAt",
                table: "Tracks",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "PurgedAt",
                table: "Tracks",
                type: "INTEGER",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "Holds",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Session = table.Column<Guid>(type: "TEXT", nullable: true),
                    Team = table.Column<int>(type: "INTEGER", nullable: true),
                    Label = table.Column<string>(type: "TEXT", maxLength: 60, nullable: true),
                    From = table.Column<long>(type: "INTEGER", nullable: true),
                    Until = table.Column<long>(type: "INTEGER", nullable: true),
                    Owner = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    ReviewAt = table.Column<long>(type: "INTEGER", nullable: false),
                    PlacedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: false),
                    PlacedAt = table.Column<long>(type: "INTEGER", nullable: false),
                    LiftAskedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    LiftAskedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    LiftedBy = table.Column<string>(type: "TEXT", maxLength: 64, nullable: true),
                    LiftedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Sealed = table.Column<byte[]>(type: "BLOB", nullable: false)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Holds", x => x.Id);
                    table.CheckConstraint("CK_Holds_Scope", "(\"Session\" IS NOT NULL AND \"Team\" IS NULL AND \"Label\" IS NULL AND \"From\" IS NULL AND \"Until\" IS NULL) OR (\"Session\" IS NULL AND (\"Team\" IS NOT NULL OR \"Label\" IS NOT NULL OR \"From\" IS NOT NULL OR \"Until\" IS NOT NULL))");
                });

            migrationBuilder.CreateTable(
                name: "Purges",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "TEXT", nullable: false),
                    Session = table.Column<Guid>(type: "TEXT", nullable: false),
                    Track = table.Column<string>(type: "TEXT", maxLength: 32, nullable: true),
                    Reason = table.Column<string>(type: "TEXT", maxLength: 32, nullable: false),
                    BeganAt = table.Column<long>(type: "INTEGER", nullable: false),
                    StateBefore = table.Column<string>(type: "TEXT", maxLength: 20, nullable: false),
                    DetailBefore = table.Column<string>(type: "TEXT", maxLength: 400, nullable: true),
                    KeysFrom = table.Column<long>(type: "INTEGER", nullable: true),
                    KeysDestroyedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    CountedAt = table.Column<long>(type: "INTEGER", nullable: true),
                    Objects = table.Column<long>(type: "INTEGER", nullable: false),
                    Versions = table.Column<long>(type: "INTEGER", nullable: false),
                    DeleteMarkers = table.Column<long>(type: "INTEGER", nullable: false),
                    Bytes = table.Column<long>(type: "INTEGER", nullable: false),
                    Uploads = table.Column<long>(type: "INTEGER", nullable: false),
                    First = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Last = table.Column<string>(type: "TEXT", maxLength: 200, nullable: true),
                    Remaining = table.Column<long>(type: "INTEGER", nullable: false),
                    Locked = table.Column<long>(type: "INTEGER", nullable: false),
                    LockedUntil = table.Column<long>(type: "INTEGER", nullable: true),
                    NotBefore = table.Column<long>(type: "INTEGER", nullable: true),
                    HeldSince = table.Column<long>(type: "INTEGER", nullable: true),
                    Certificate = table.Column<string>(type: "TEXT", nullable: true),
                    EndedAt = table.Column<long>(type: "INTEGER", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_Purges", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Tracks_Expired",
                table: "Tracks",
                columns: new[] { "PurgedAt", "KeepUntil", "Session", "Name" });

            migrationBuilder.CreateIndex(
                name: "IX_Sessions_Expired",
                table: "Sessions",
                columns: new[] { "State", "KeepUntil", "Id", "Team", "Label", "CreatedAt" });

            migrationBuilder.CreateIndex(
                name: "IX_Holds_LiftedAt",
                table: "Holds",
                column: "LiftedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Purges_EndedAt",
                table: "Purges",
                column: "EndedAt");

            migrationBuilder.CreateIndex(
                name: "IX_Purges_Session_Track",
                table: "Purges",
                columns: new[] { "Session", "Track" });
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "Holds");

            migrationBuilder.DropTable(
                name: "Purges");

            migrationBuilder.DropIndex(
                name: "IX_Tracks_Expired",
                table: "Tracks");

            migrationBuilder.DropIndex(
                name: "IX_Sessions_Expired",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "PurgeBeganAt",
                table: "Tracks");

            migrationBuilder.DropColumn(
                name: "PurgedAt",
                table: "Tracks");
        }
    }
}
