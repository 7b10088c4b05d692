using System;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace SecureRecorder.Storage.Catalogue.PostgresMigrations
{
    /// <inheritdoc />
    public partial class ExpiryKeys : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.AddColumn<Guid>(
                name: "ExpiryKey",
                table: "Tracks",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<Guid>(
                name: "NextExpiryKey",
                table: "Tracks",
                type: "uuid",
                nullable: true);

            migrationBuilder.AddColumn<long>(
                name: "RewrapUntil",
                table: "Tracks",
                type: "bigint",
                nullable: true);

            migrationBuilder.AddColumn<bool>(
                name: "KeysExpire",
                table: "Sessions",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<bool>(
                name: "ExpiringKeys",
                table: "Locations",
                type: "boolean",
                nullable: false,
                defaultValue: false);

            migrationBuilder.AddColumn<Guid>(
                name: "ExpiryKey",
                table: "Exports",
                type: "uuid",
                nullable: true);

            migrationBuilder.CreateTable(
                name: "ExpiryKeys",
                columns: table => new
                {
                    Id = table.Column<Guid>(type: "uuid", nullable: false),
                    Location = table.Column<string>(type: "text", maxLength: 40, nullable: false),
                    Month = table.Column<int>(type: "integer", nullable: false),
                    Name = table.Column<string>(type: "text", maxLength: 60, nullable: false),
                    Beside = table.Column<string>(type: "text", maxLength: 40, nullable: true),
                    MadeAt = table.Column<long>(type: "bigint", nullable: false),
                    Kid = table.Column<string>(type: "text", maxLength: 400, nullable: true),
                    Record = table.Column<string>(type: "text", nullable: true),
                    DestroyingSince = table.Column<long>(type: "bigint", nullable: true),
                    DestroyedAt = table.Column<long>(type: "bigint", nullable: true),
                    RecoverableUntil = table.Column<long>(type: "bigint", nullable: true),
                    Certificate = table.Column<string>(type: "text", nullable: true)
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_ExpiryKeys", x => x.Id);
                });

            migrationBuilder.CreateIndex(
                name: "IX_Tracks_ExpiryKey",
                table: "Tracks",
                column: "ExpiryKey");

            migrationBuilder.CreateIndex(
                name: "IX_Tracks_NextExpiryKey",
                table: "Tracks",
                column: "NextExpiryKey",
                filter: "\"NextExpiryKey\" IS NOT NULL");

            migrationBuilder.CreateIndex(
                name: "IX_ExpiryKeys_Kid",
                table: "ExpiryKeys",
                column: "Kid");

            migrationBuilder.CreateIndex(
                name: "IX_ExpiryKeys_Location_Month",
                table: "ExpiryKeys",
                columns: new[] { "Location", "Month" },
                unique: true);
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(
                name: "ExpiryKeys");

            migrationBuilder.DropIndex(
                name: "IX_Tracks_ExpiryKey",
                table: "Tracks");

            migrationBuilder.DropIndex(
                name: "IX_Tracks_NextExpiryKey",
                table: "Tracks");

            migrationBuilder.DropColumn(
                name: "ExpiryKey",
                table: "Tracks");

            migrationBuilder.DropColumn(
                name: "NextExpiryKey",
                table: "Tracks");

            migrationBuilder.DropColumn(
                name: "RewrapUntil",
                table: "Tracks");

            migrationBuilder.DropColumn(
                name: "KeysExpire",
                table: "Sessions");

            migrationBuilder.DropColumn(
                name: "ExpiringKeys",
                table: "Locations");

            migrationBuilder.DropColumn(
                name: "ExpiryKey",
                table: "Exports");
        }
    }
}
